from projects.models.api_key import ApiKey
from projects.models.organization import Organization, Project
from projects.models.people import Membership, Team, User

__all__ = ["ApiKey", "Membership", "Organization", "Project", "Team", "User"]
