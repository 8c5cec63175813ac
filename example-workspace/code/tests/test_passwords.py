import unittest

from doorbell.passwords import hash_password, matches


class PasswordsTest(unittest.TestCase):
    def test_a_password_matches_its_own_hash_only(self) -> None:
        hashed = hash_password("correct horse", rounds=10)
        self.assertTrue(matches("correct horse", hashed))
        self.assertFalse(matches("battery staple", hashed))

    def test_the_same_password_is_hashed_differently_each_time(self) -> None:
        self.assertNotEqual(hash_password("x", rounds=10), hash_password("x", rounds=10))
