import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { OPERATOR } from "../../services/contracts/callers.ts";
import type { ActionContract } from "../../services/contracts/action.ts";
import { SERVICES } from "../../services/contracts/platform.ts";

/** What is imported as a value, and the page it comes from. */
const IMPORTS = /import \{([^}]*)\} from "[^"]*\/contracts\/([a-z-]+)\.ts";/g;
const NAMES = new Set([...Object.keys(SERVICES), "gateway", OPERATOR]);

interface Use {
	readonly service: string;
	readonly page: string;
	readonly what: string;
}

const isAction = (given: unknown): given is ActionContract =>
	typeof given === "object" && given !== null && "params" in given && "result" in given && "name" in given;

const ownerOf = ({ name }: ActionContract): string => name.split(".")[0] ?? "";

/** What services import of contract pages as values. */
function uses(): Use[] {
	const files = globSync("services/*/**/*.ts").filter(
		(file) => !/\.(spec|fixture)\.ts$|^services\/contracts/.test(file),
	);
	return files.flatMap((file) =>
		[...readFileSync(file, "utf8").matchAll(IMPORTS)].flatMap(([, names = "", page = ""]) =>
			names.split(",").map((what) => ({ service: file.split("/")[1] ?? "", page, what: what.trim() })),
		),
	);
}

describe("an action that a service asks of another", () => {
	let asked: { readonly service: string; readonly contract: ActionContract }[];
	beforeAll(async () => {
		const pages = globSync("services/contracts/*.ts").filter((file) => !file.endsWith(".spec.ts"));
		const loaded = new Map<string, Readonly<Record<string, unknown>>>();
		for (const file of pages)
			loaded.set(basename(file, ".ts"), (await import(`../../${file}`)) as Readonly<Record<string, unknown>>);

		asked = uses().flatMap(({ service, page, what }) => {
			const contract = loaded.get(page)?.[what];
			const isAnothers = isAction(contract) && ownerOf(contract) !== service && service !== "gateway";
			return isAnothers ? [{ service, contract }] : [];
		});
	});

	it("is found: orders ask products for stock, notifications ask users for addresses", () => {
		const names = asked.map(({ service, contract }) => `${service}: ${contract.name}`);
		expect(names).toEqual(expect.arrayContaining(["orders: products.reserve", "notifications: users.contact"]));
	});

	it("names that service among its callers, or it is refused in a cluster", () => {
		const refused = asked.filter(({ service, contract }) => !contract.callers.includes(service));
		expect(refused.map(({ service, contract }) => `${service} asks ${contract.name}`)).toEqual([]);
	});

	it("names nobody but services, the gateway and the operator", () => {
		expect(asked.flatMap(({ contract }) => contract.callers).filter((name) => !NAMES.has(name))).toEqual([]);
	});
});
