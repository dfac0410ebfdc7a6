"""For all tests."""

from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from hypothesis import settings

from conversations import officers

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")

# Passwords are slow to hash on purpose; whether they are right does not depend on it.
officers.hasher = PasswordHasher.from_parameters(CHEAPEST)
