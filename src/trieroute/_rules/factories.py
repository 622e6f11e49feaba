"""Rule factories: objects that give a map several rules at once.

Each takes the rules of other factories, copies them with ``empty()`` and changes one thing; every
other setting of a rule stays. Each is a subclass of Werkzeug's class of that name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from string import Template
from typing import Any

import werkzeug.routing
from werkzeug.routing.rules import RuleTemplateFactory as WerkzeugRuleTemplateFactory

from .checks import as_written, check_text, checked_rules, rules_of
from .foreign import converted
from .rule import Rule
from .settings import RuleFactory

__all__ = [
    "EndpointPrefix",
    "RuleTemplate",
    "RuleTemplateFactory",
    "Subdomain",
    "Submount",
]


class _Wrapping(RuleFactory):
    """A factory that changes copies of the rules of others."""

    rules: Iterable[werkzeug.routing.RuleFactory]

    def get_rules(self, map: Any) -> Iterator[Rule]:
        """Give changed copies of the wrapped rules.

        :param map: the map that they are going to be added to.
        :return: unbound rules, in the order of the wrapped ones.
        """
        for factory in checked_rules(self.rules, f"the rules of {type(self).__name__}"):
            for rule in rules_of(factory, map):
                if isinstance(rule, Rule):
                    copy = rule.empty()
                else:
                    # A rule of Werkzeug's would lose settings when it is copied.
                    copy = converted(rule)
                    copy._default_names = tuple(str(name) for name in copy.defaults or ())
                self._change(copy)
                # An override of it is not asked, since it has been.
                yield from Rule.get_rules(copy, map)

    def _change(self, rule: Rule) -> None:
        raise NotImplementedError


class Subdomain(_Wrapping, werkzeug.routing.Subdomain):
    """Puts rules on a subdomain.

    :param subdomain: a subdomain rule; may hold variables.
    :param rules: rules and factories.
    """

    def __init__(self, subdomain: str, rules: Iterable[werkzeug.routing.RuleFactory]) -> None:
        check_text(subdomain, "the subdomain of Subdomain")
        self.subdomain = subdomain
        self.rules = rules

    def _change(self, rule: Rule) -> None:
        rule.subdomain = self.subdomain


class Submount(_Wrapping, werkzeug.routing.Submount):
    """Puts rules below a path.

    :param path: the prefix, a path rule that starts with a slash; may hold variables. Slashes at
        its end don't count.
    :param rules: rules and factories.
    :raise ValueError: *path* does not start with a slash.
    :raise TypeError: *path* is no str.
    """

    def __init__(self, path: str, rules: Iterable[werkzeug.routing.RuleFactory]) -> None:
        check_text(path, "the path of Submount")
        if path and not path.startswith("/"):
            raise ValueError(f"the path {path!r} of Submount must start with a slash")
        self.path = path.rstrip("/")
        self.rules = rules

    def _change(self, rule: Rule) -> None:
        rule.rule = self.path + rule.rule


class EndpointPrefix(_Wrapping, werkzeug.routing.EndpointPrefix):
    """Puts a text in front of endpoints, which must be strings.

    :param prefix: the text.
    :param rules: rules and factories.
    """

    def __init__(self, prefix: str, rules: Iterable[werkzeug.routing.RuleFactory]) -> None:
        check_text(prefix, "the prefix of EndpointPrefix")
        self.prefix = prefix
        self.rules = rules

    def _change(self, rule: Rule) -> None:
        check_text(rule.endpoint, f"rule {as_written(rule)!r}: an endpoint that gets a prefix")
        rule.endpoint = self.prefix + rule.endpoint


class RuleTemplate(werkzeug.routing.RuleTemplate):
    """Rules with ``$name`` placeholders; calling it with their values gives a factory.

    Placeholders may stand in every text of a rule: the rule itself, endpoint, subdomain, host,
    ``redirect_to`` and the values of ``defaults``.

    :param rules: rules and factories.
    """

    def __init__(self, rules: Iterable[werkzeug.routing.RuleFactory]) -> None:
        self.rules = list(checked_rules(rules, "the rules of RuleTemplate"))

    def __call__(self, *args: Any, **kwargs: Any) -> RuleTemplateFactory:
        """Fill in the placeholders.

        :param args: at most one mapping or iterable of pairs, as for ``dict``.
        :param kwargs: values by placeholder name.
        """
        return RuleTemplateFactory(self.rules, dict(*args, **kwargs))


class RuleTemplateFactory(_Wrapping, WerkzeugRuleTemplateFactory):
    """The rules of a :class:`RuleTemplate` with their placeholders filled in.

    :param rules: rules and factories.
    :param context: values by placeholder name.
    """

    def __init__(self, rules: Iterable[Any], context: dict[str, Any]) -> None:
        self.rules = rules
        self.context = context

    def _change(self, rule: Rule) -> None:
        template = as_written(rule)
        try:
            for name in ("rule", "endpoint", "subdomain", "host", "redirect_to"):
                setattr(rule, name, self._filled(getattr(rule, name)))
            if rule.defaults:
                rule.defaults = {key: self._filled(value) for key, value in rule.defaults.items()}
        except KeyError as error:
            missing = error.args[0] if error.args else ""
            raise KeyError(
                f"rule {template!r}: the template got no value for {missing!r}"
            ) from None
        except ValueError as error:
            raise ValueError(f"rule {template!r}: {error}") from None

    def _filled(self, value: Any) -> Any:
        return Template(value).substitute(self.context) if isinstance(value, str) else value
