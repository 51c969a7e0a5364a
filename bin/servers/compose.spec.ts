import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { composeVariables } from "./compose.ts";
import { SERVER_NAMES } from "./server.ts";
import { sitesOf } from "./shared.ts";

interface Compose {
	readonly services: Readonly<Record<string, { readonly ports: string[]; readonly healthcheck: object }>>;
}

const text = readFileSync(new URL("compose.yml", import.meta.url), "utf8");
const { services } = parse(text) as Compose;
const variables = composeVariables(sitesOf({ STOA_SERVICES_HOME: "/servers" }));
const used = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));

describe("the servers in containers", () => {
	it("are the servers that the programs of the machine are", () => {
		expect(Object.keys(services)).toEqual([...SERVER_NAMES]);
	});

	it.each(SERVER_NAMES)("%s listens on the loopback, on the ports that `services env` names", (name) => {
		const prefix = name.replaceAll("-", "_").toUpperCase();
		const addressed = ["MAIN", "TLS"].map((purpose) => `${prefix}_${purpose}_PORT`).filter((each) => each in variables);
		const published = services[name]!.ports.map((each) => /^127\.0\.0\.1:\$\{(\w+)\}:\d+$/.exec(each)?.[1]);

		expect(published).toEqual(expect.arrayContaining(addressed));
		expect(published).not.toContain(undefined);
	});

	it.each(SERVER_NAMES)("%s is waited for until it is healthy", (name) => {
		expect(services[name]?.healthcheck).toHaveProperty("test");
	});

	it("take nothing from their environment but what they are given", () => {
		expect([...used].filter((name) => !(String(name) in variables))).toEqual([]);
		expect(variables.CERTIFICATES).toBe("/servers/certificates");
	});
});
