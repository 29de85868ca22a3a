"""Patches MiniStack and runs it: `python -m ministack_patched`. MiniStack's environment variables apply."""

import ministack.app

from . import gateway, lifetime, web_identity
from .patches import step_functions

lifetime.end_with_parent()
step_functions.apply()
web_identity.apply()
gateway.install()
ministack.app.main()
