const WORDS = new Set(["by", "without", "on", "ignoring", "and", "or", "unless", "bool", "offset", "group_left"]);

/** What an expression of PromQL asks for: the metrics, and the labels that it selects or groups by. */
export interface Question {
	readonly metrics: readonly string[];
	readonly labels: readonly string[];
}

/** Reads an expression, or a Grafana query over `label_values`, as far as names go. */
export function questionOf(expression: string): Question {
	const unquoted = expression.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
	const selected = [...unquoted.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = ""]) =>
		[...inside.matchAll(/([a-z_]\w*)\s*[=!]/gi)].map(([, label = ""]) => label),
	);
	const groups = [...unquoted.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)].map(([, inside = ""]) => inside);
	const values = [...unquoted.matchAll(/label_values\([^,]*,([^)]*)\)/g)].map(([, label = ""]) => label);
	const labels = [...groups, ...values].flatMap((list) => list.split(",")).map((label) => label.trim());

	const bare = unquoted
		.replaceAll(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/g, " ")
		.replaceAll(/,[^,)]*\)$/g, (rest) => (unquoted.startsWith("label_values") ? ")" : rest))
		.replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, " ");
	const names = [...bare.matchAll(/(?<![\w$.])([a-z_:][\w:]*)\b(?!\s*\()/gi)].map(([, name = ""]) => name);
	return { metrics: names.filter((name) => !WORDS.has(name)), labels: [...selected, ...labels] };
}

/** The metrics of an exposition as queries name them, and all labels that their series have. */
export function offered(exposition: string): { metrics: ReadonlySet<string>; labels: ReadonlySet<string> } {
	const declared = [...exposition.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
	const metrics = declared.flatMap(([, name = "", type]) =>
		type === "histogram" ? ["_bucket", "_sum", "_count"].map((part) => `${name}${part}`) : [name],
	);
	const series = [...exposition.matchAll(/^[a-z_]\w*\{([^}]*)\} /gm)].map(([, inside = ""]) => inside);
	const labels = series.flatMap((inside) => [...inside.matchAll(/(\w+)="/g)].map(([, label = ""]) => label));
	return { metrics: new Set(metrics), labels: new Set(labels) };
}
