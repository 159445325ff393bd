"""What a vendor can be."""

from enum import StrEnum


class Role(StrEnum):
    """What a vendor does. Often more than one: claims go to different doors."""

    MANUFACTURER = "manufacturer"
    DISTRIBUTOR = "distributor"
    SERVICE = "service"
