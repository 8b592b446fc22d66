from integrations.models.channel import Channel, Kind
from integrations.models.delivery import Attempt, Delivery, DeliveryStatus

__all__ = ["Attempt", "Channel", "Delivery", "DeliveryStatus", "Kind"]
