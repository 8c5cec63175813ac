import unittest

from doorbell.form import GIVES_UP_AFTER_SECONDS, request_link


class FormTest(unittest.TestCase):
    def test_the_form_says_where_to_look(self) -> None:
        limits: list[float] = []
        self.assertEqual(request_link(limits.append), "Look into your mail.")
        self.assertEqual(limits, [GIVES_UP_AFTER_SECONDS])

    def test_a_slow_mail_server_is_said(self) -> None:
        def too_slow(_limit: float) -> None:
            raise TimeoutError

        self.assertIn("too long", request_link(too_slow))
