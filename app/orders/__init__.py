"""Orders: customers, purchase orders, lines and shipments, as the ERP tells them."""
