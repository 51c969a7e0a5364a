import { relative } from "node:path";

type Coverage = Readonly<Record<string, unknown>>;

/** The folder a file is measured with: its service, or the mixins; none for all others. */
export function measuredFolder(root: string, path: string): string | undefined {
	const [top, service] = relative(root, path).split(/[\\/]/);

	return top === "services" ? `services/${service ?? ""}` : top === "mixins" ? top : undefined;
}

/**
 * A jest reporter that lets a spec count for its own folder alone: what payments' specs run in passing of the
 * mixins says nothing about the mixins. Works because jest asks it before its own coverage reporter.
 */
export default class OwnSpecs {
	readonly #root: string;

	constructor({ rootDir }: { readonly rootDir: string }) {
		this.#root = rootDir;
	}

	onTestFileResult({ path }: { readonly path: string }, result: { coverage?: Coverage }): void {
		const own = measuredFolder(this.#root, path);
		const kept = Object.entries(result.coverage ?? {}).filter(([file]) => measuredFolder(this.#root, file) === own);

		result.coverage = Object.fromEntries(own === undefined ? [] : kept);
	}
}
