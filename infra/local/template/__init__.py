"""Reading of the SAM template: the only place where functions, queues, tables, schedules and routes are wired."""

from infra.local.template.document import load
from infra.local.template.model import Template
from infra.local.template.read import read_template, template_of
from infra.local.template.references import Site

__all__ = ["Site", "Template", "load", "read_template", "template_of"]
