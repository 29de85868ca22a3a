"""Patches MiniStack and serves it: `python -m ministack_patched`, settings as MiniStack's own in the environment."""

import ministack.app

from . import gateway, lifetime, web_identity
from .patches import step_functions

lifetime.end_with_parent()
step_functions.apply()
web_identity.apply()
gateway.install()
ministack.app.main()
