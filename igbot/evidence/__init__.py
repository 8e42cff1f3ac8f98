"""Photos and videos kept for a claim: fetched with care, looked at, put on a shelf."""
