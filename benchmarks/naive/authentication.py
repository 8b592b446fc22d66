"""The key, asked of the database for every request."""

from django.utils import timezone
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from projects import keys
from projects.models import ApiKey, User


class KeyAuthentication(TokenAuthentication):
    keyword = "Bearer"

    def authenticate_credentials(self, key: str) -> tuple[User, ApiKey]:
        digest = keys.digest(keys.decode(key) or "")
        found = (
            ApiKey.objects.live(timezone.now()).select_related("project__organization").filter(digest=digest).first()
        )
        if found is None:
            raise AuthenticationFailed
        return User(), found
