import unittest

from doorbell.links import LinkRefused, Links


class LinksTest(unittest.TestCase):
    def test_a_link_signs_in_its_address_once(self) -> None:
        links = Links()
        link = links.make("alice@example.com", now=0.0)
        self.assertEqual(links.redeem(link, now=1.0), "alice@example.com")
        with self.assertRaisesRegex(LinkRefused, "used already"):
            links.redeem(link, now=2.0)

    def test_an_old_link_is_refused(self) -> None:
        links = Links(good_for=600.0)
        link = links.make("alice@example.com", now=0.0)
        with self.assertRaisesRegex(LinkRefused, "too old"):
            links.redeem(link, now=601.0)

    def test_half_a_link_is_refused_and_the_whole_one_still_works(self) -> None:
        links = Links()
        link = links.make("alice@example.com", now=0.0)
        with self.assertRaisesRegex(LinkRefused, "not complete"):
            links.redeem(link[:-4], now=1.0)
        self.assertEqual(links.redeem(link, now=1.0), "alice@example.com")


if __name__ == "__main__":
    unittest.main()
