/** The services that keep something of a user which he may take with him: each answers `exportUser`. */
export const EXPORTED_FROM = ["orders", "payments", "notifications"] as const;

/** Those that must forget him: each answers `eraseUser`. Webhooks keep copies of facts, and nothing of their own. */
export const ERASED_IN = [...EXPORTED_FROM, "webhooks"] as const;
