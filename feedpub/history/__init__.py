"""What subscribers have seen: the ledger, what is online, and which entry an article is."""
