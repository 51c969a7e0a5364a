import { pathToFileURL } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { ROOT } from "../../bin/laptop/home.ts";
import { packageOf, selfTimes } from "./self-times.ts";

const own = (path: string): string => pathToFileURL(`${ROOT}/${path}`).href;
const frame = (functionName: string, url = "") => ({ functionName, url, lineNumber: 9 });

describe("a profile", () => {
	it("sums the time of each package and function, and leaves out the time without work", () => {
		const nodes = [
			{ id: 1, callFrame: frame("parse", own("node_modules/pg/lib/a.js")) },
			{ id: 2, callFrame: frame("read", own("node_modules/pg/lib/b.js")) },
			{ id: 3, callFrame: frame("(idle)") },
			{ id: 4, callFrame: frame("(garbage collector)") },
		];
		const { groups, functions } = selfTimes({ nodes, samples: [1, 2, 3, 4, 1], timeDeltas: [1e3, 2e3, 9e3, 1e3, 4e3] });

		expect(groups).toEqual([
			{ name: "pg", selfMs: 7, share: 7 / 8 },
			{ name: "(garbage collector)", selfMs: 1, share: 1 / 8 },
		]);
		expect(functions[0]).toEqual({ name: "parse  pg/lib/a.js:10", selfMs: 5, share: 5 / 8 });
	});

	it("charges what Node does for a package to that package, and the rest to Node", () => {
		const nodes = [
			{ id: 1, callFrame: frame("(root)"), children: [2, 4] },
			{ id: 2, callFrame: frame("query", own("node_modules/pg/lib/a.js")), children: [3] },
			{ id: 3, callFrame: frame("write", "node:net"), children: [5] },
			{ id: 4, callFrame: frame("onread", "node:net") },
			{ id: 5, callFrame: frame("writev") },
		];
		const { groups, functions } = selfTimes({ nodes, samples: [5, 4], timeDeltas: [3e3, 1e3] });

		expect(groups.map(({ name, selfMs }) => [name, selfMs])).toEqual([
			["pg", 3],
			["node", 1],
		]);
		expect(functions[0]?.name).toBe("writev  for pg");
	});

	it.each([
		["moleculer-web", own("node_modules/moleculer-web/src/index.js")],
		["@node-rs/argon2", own("node_modules/@node-rs/argon2/index.js")],
		["inner", own("node_modules/outer/node_modules/inner/index.js")],
		["own: services/orders", own("services/orders/domain/place.ts")],
		[undefined, "node:internal/streams/writable"],
		[undefined, ""],
	])("takes for %s what comes from %s", (name, url) => {
		expect(packageOf(url)).toBe(name);
	});
});
