from integrations.models.channel import Channel, Kind
from integrations.models.delivery import Attempt, Delivery, DeliveryStatus
from integrations.models.mail_hour import MailHour
from integrations.models.shared_body import SharedBody

__all__ = ["Attempt", "Channel", "Delivery", "DeliveryStatus", "Kind", "MailHour", "SharedBody"]
