"""Hooks of schemathesis for this API. `SCHEMATHESIS_HOOKS` names this module."""

import schemathesis
from schemathesis.core.media_types import YAML_MEDIA_TYPES
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode


# schemathesis uses the deserializer of the first YAML type for all of them.
@schemathesis.deserializer(*YAML_MEDIA_TYPES)
def text_of_documents(_context, response):
    """Manifests have several documents, which the description declares as a text."""
    return response.text


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Reports to agreeing-proxy.ts which bodies fit the description."""
    body = case.meta and case.meta.components.get(ParameterLocation.BODY)
    if body and body.mode is GenerationMode.POSITIVE:
        case.headers["x-fits-description"] = "yes"
