"""What the weights of a shipment say of a discrepancy: asked, answered and kept."""
