"""What subscribers have seen: the ledger, the published documents, and the entry of each article."""
