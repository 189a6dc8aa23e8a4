"""Icons, style sheets and demo music."""
