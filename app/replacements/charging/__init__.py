"""Charges for units that were not returned: seen, judged by the proof, disputed or paid."""
