import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { keptPorts, portsFrom } from "./ports.ts";
import { SERVERS } from "./servers.ts";

const all = Object.values(SERVERS);

describe("the ports of the shared servers", () => {
	it("follow each other from 4210", () => {
		const ports = portsFrom({}, all);

		expect(ports.get("postgres")).toEqual({ main: 4210 });
		expect(ports.get("redis")).toEqual({ main: 4211, tls: 4212 });
		expect([...ports.values()].flatMap((each) => Object.values(each))).toEqual(
			Array.from({ length: 14 }, (_, index) => 4210 + index),
		);
	});

	it("follow each other from STOA_SERVICES_PORT_BASE where it is set", () => {
		expect(portsFrom({ STOA_SERVICES_PORT_BASE: "5000" }, all).get("redis")).toEqual({ main: 5001, tls: 5002 });
	});

	it.each(["80", "65001", "4210.5", "many"])("cannot begin at %s", (base) => {
		expect(() => portsFrom({ STOA_SERVICES_PORT_BASE: base }, all)).toThrow(/STOA_SERVICES_PORT_BASE.*1024/);
	});
});

describe("the ports of a private instance", () => {
	const folder = mkdtempSync(join(tmpdir(), "stoa-ports-"));
	const file = join(folder, "ports.json");

	it("stay the same from start to start", async () => {
		const first = await keptPorts(file, SERVERS.rabbitmq);

		expect(Object.keys(first)).toEqual([...SERVERS.rabbitmq.ports]);
		expect(await keptPorts(file, SERVERS.rabbitmq)).toEqual(first);
	});

	it("are none that a client which tries to reconnect could be given as its own", async () => {
		const lowestOfLinux = 32_768;
		expect(Math.max(...Object.values(await keptPorts(file, SERVERS.rabbitmq)))).toBeLessThan(lowestOfLinux);
	});

	it("begin with the one asked for", async () => {
		expect((await keptPorts(file, SERVERS.redis, 4999)).main).toBe(4999);
		rmSync(folder, { recursive: true });
	});
});
