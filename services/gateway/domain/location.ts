/** Path of what a result describes: `/orders/:id` with the id of the result, or of its user. */
export function locationOf(template: string | undefined, result: unknown): string | undefined {
	const { id, user } = (result ?? {}) as { id?: unknown; user?: { id?: unknown } | null };
	const named = id ?? user?.id;
	return typeof named === "string" ? template?.replace(":id", encodeURIComponent(named)) : undefined;
}
