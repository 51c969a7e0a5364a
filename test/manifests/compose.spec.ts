import { describe, expect, it } from "@jest/globals";
import { Ajv } from "ajv";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { SERVICES } from "../../bin/services.ts";
import { composeSchema, has } from "./published-schemas.ts";

interface Compose {
	readonly services: Readonly<
		Record<
			string,
			{
				readonly image: string;
				readonly environment?: Readonly<Record<string, string>>;
				readonly healthcheck?: object;
				readonly depends_on?: object;
			}
		>
	>;
}

const text = readFileSync("docker-compose.yml", "utf8");
const compose = parse(text, { merge: true }) as Compose;
const secrets = () => execFileSync("bin/stoa", ["secrets"], { encoding: "utf8" });
const itWithGo = has("go") || process.env.CI === "true" ? it : it.skip;

function canCompose(): boolean {
	try {
		execFileSync("docker", ["compose", "version"], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}

describe("the compose file", () => {
	itWithGo("follows the specification, without a field it does not know", () => {
		const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(composeSchema());

		expect([validate(compose), validate.errors]).toEqual([true, null]);
		expect(validate({ services: { gateway: { image: "stoa", enviroment: {} } } })).toBe(false);
	});

	if (canCompose())
		it("is understood by docker compose", () => {
			const folder = mkdtempSync(join(tmpdir(), "stoa-compose-"));
			try {
				writeFileSync(join(folder, ".env"), secrets());
				execFileSync("docker", ["compose", "--env-file", join(folder, ".env"), "config", "--quiet"]);
			} finally {
				rmSync(folder, { recursive: true });
			}
		});

	it("runs every service in a container of its own", () => {
		const own = Object.values(compose.services).flatMap(({ environment }) => environment?.SERVICES ?? []);

		expect(own.sort()).toEqual([...SERVICES].sort());
	});

	it("has no secret, and bin/stoa secrets makes each that it wants", () => {
		const wanted = [...text.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name ?? "");
		const made = secrets()
			.split("\n")
			.flatMap((line) => /^([A-Z_]+)=.{16,}$/.exec(line)?.[1] ?? []);

		expect([...new Set(wanted)].filter((name) => !made.includes(name))).toEqual([]);
		expect(text).not.toMatch(/(PASSWORD|SECRET|KEY|PASS): (?!\$\{)/);
	});

	it("gives the secret that signs tokens to users alone", () => {
		const holders = Object.entries(compose.services).filter(([, each]) => each.environment?.JWT_SECRET !== undefined);

		expect(holders.map(([name]) => name)).toEqual(["user-service"]);
	});

	it("names a version of every image", () => {
		for (const { image } of Object.values(compose.services)) expect(image).toMatch(/:(\d|v\d|\$\{STOA_VERSION)/);
	});
});
