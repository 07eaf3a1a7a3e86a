// ForgeService
