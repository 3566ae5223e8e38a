"""Making an account for somebody, and the link with which they choose their password."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portal.accounts.models import User


def account_for(email: str, *, name: str = "", password: str | None = None) -> tuple[User, bool]:
    """The account with this address, and whether it was made now. An existing one stays as it is."""
    with transaction.atomic():
        found = User.objects.filter(email__iexact=email).first()
        if found is not None:
            return found, False
        user = User.objects.create_user(email, password, name=name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user, True


def password_link(user: User) -> str:
    """An address at which `user` chooses a password; valid once, for Django's PASSWORD_RESET_TIMEOUT."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.PUBLIC_URL}{path}"
