"""How fast polls of prices are taken in, beside a plain COPY of the same rows."""
