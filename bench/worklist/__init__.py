"""The worklist and the exposure over millions of obligations, beside the same SQL by hand."""
