type Fields = Readonly<Record<string, unknown>>;

/** Path of what a result describes: each `:name` is the result's field of that name; `:id` may be that of its user. */
export function locationOf(template: string | undefined, result: unknown): string | undefined {
	const fields = (result ?? {}) as Fields;
	const values: Fields = { ...fields, id: fields.id ?? (fields.user as Fields | null | undefined)?.id };
	const names = template?.match(/(?<=:)[A-Za-z]+/g) ?? [];
	if (names.some((name) => typeof values[name] !== "string")) return undefined;
	return template?.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(String(values[name])));
}
