"""How fast an ERP's purchase orders are imported, beside a plain COPY of the same rows."""
