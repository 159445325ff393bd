"""The way back: parcels, what their carriers and the vendor say of them, what it found."""
