// LedgerService
