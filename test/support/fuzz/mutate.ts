import fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { nasty, nastyKey } from "./values.ts";

type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;

/** The same value with something in it wrong: replaced, taken out, put in, or wrapped in a list. */
export function mutated(arbitrary: Arbitrary<unknown>): Arbitrary<unknown> {
	return arbitrary.chain((value) =>
		fc.constantFrom(...pathsOf(value)).chain((path) =>
			fc.oneof(
				{ weight: 4, arbitrary: nasty.map((wrong) => changed(value, path, () => wrong)) },
				fc.constant(without(value, path)),
				fc.tuple(nastyKey, nasty).map(([key, wrong]) => changed(value, path, (at) => withKey(at, key, wrong))),
				fc.constant(changed(value, path, (at) => [at])),
			),
		),
	);
}

/** Where something stands in a value, the value itself included. */
function pathsOf(value: unknown): Path[] {
	if (typeof value !== "object" || value === null) return [[]];
	const inner = Object.entries(value).flatMap(([key, at]) => pathsOf(at).map((path) => [key, ...path]));
	return [[], ...inner];
}

function changed(value: unknown, [key, ...rest]: Path, change: (at: unknown) => unknown): unknown {
	if (key === undefined) return change(value);
	if (Array.isArray(value))
		return value.map((at: unknown, index) => (String(index) === key ? changed(at, rest, change) : at));
	return { ...(value as Fields), [key]: changed((value as Fields)[key], rest, change) };
}

function without(value: unknown, path: Path): unknown {
	const last = path.at(-1);
	if (last === undefined) return undefined;
	return changed(value, path.slice(0, -1), (at) =>
		Array.isArray(at)
			? at.filter((_, index) => String(index) !== last)
			: Object.fromEntries(Object.entries(at as Fields).filter(([key]) => key !== last)),
	);
}

/** Own, even when the key is `__proto__`, so that JSON shows it. */
function withKey(at: unknown, key: string, wrong: unknown): unknown {
	if (typeof at !== "object" || at === null || Array.isArray(at)) return { [key]: wrong };
	return Object.fromEntries([...Object.entries(at), [key, wrong]]);
}
