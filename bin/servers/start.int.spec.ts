import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Redis } from "ioredis";
import { birthOf } from "../postgres/processes.ts";
import { describeWith } from "../../test/support/servers.ts";
import { makeCertificates } from "./certificates.ts";
import { askLine } from "./probe.ts";
import type { RunningServer } from "./server.ts";
import { startServer, stopServer } from "./start.ts";

const homes: string[] = [];

/** A parent that everybody may pass: the servers run as users of their own. */
function freshFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), "stoa-server-"));
	homes.push(folder);
	return folder;
}

afterAll(() => homes.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

describeWith(["redis", "nats"], "a private instance", () => {
	describe.each(["redis", "nats"] as const)("of %s", (name) => {
		const folder = freshFolder();
		let server: RunningServer;
		beforeAll(async () => {
			server = await startServer(name, { folder });
		});
		afterAll(() => stopServer(name, { folder }));

		it("is started once, however often it is asked for", async () => {
			const again = await Promise.all([startServer(name, { folder }), startServer(name, { folder })]);

			expect(again.map(({ pid, reused }) => ({ pid, reused }))).toEqual([
				{ pid: server.pid, reused: true },
				{ pid: server.pid, reused: true },
			]);
		});

		it("comes back on its ports after kill -9", async () => {
			await server.kill();
			expect(birthOf(server.pid)).toBeUndefined();

			const back = await startServer(name, { folder });
			expect(back).toMatchObject({ reused: false, ports: server.ports, url: server.url });
			server = back;
		});

		it("answers nothing while it is paused, and goes on when it is resumed", async () => {
			const hello = () => askLine(server.ports.main, "PING\r\n");
			await server.pause();
			expect(await hello()).toBeUndefined();
			server.resume();
			expect(await hello()).toMatch(/PONG|INFO/);
		});

		it("stops though it is paused, and though it is dead", async () => {
			await server.pause();
			await server.stop();
			expect(birthOf(server.pid)).toBeUndefined();
			await server.stop();
			expect(await stopServer(name, { folder })).toBe(false);
		});
	});

	it("keeps what Redis acknowledged before its death", async () => {
		const folder = freshFolder();
		const first = await startServer("redis", { folder });
		const client = new Redis(first.url);
		await client.set("order", "paid");
		client.disconnect();
		await first.kill();

		const second = await startServer("redis", { folder });
		const reader = new Redis(second.url);
		expect(await reader.get("order")).toBe("paid");
		reader.disconnect();
		await second.stop();
	});

	it("starts anew where its settings have changed since", async () => {
		const folder = freshFolder();
		const plain = await startServer("redis", { folder });
		const certificates = await makeCertificates(join(folder, "made"));
		const secure = await startServer("redis", { folder, certificates });

		expect(secure.pid).not.toBe(plain.pid);
		expect([plain.tlsUrl, secure.tlsUrl]).toEqual([undefined, `rediss://localhost:${secure.ports.tls}`]);
		await secure.stop();
	});

	it("says whose port is taken, and leaves that program alone", async () => {
		const redis = await startServer("redis", { folder: freshFolder() });
		const port = redis.ports.main ?? 0;

		await expect(startServer("nats", { folder: freshFolder(), port })).rejects.toThrow(`port ${port} is in use`);
		expect(await askLine(port, "PING\r\n")).toBe("+PONG");
		await redis.stop();
	});

	it("makes its certificates once", async () => {
		const folder = join(freshFolder(), "certificates");
		expect(await makeCertificates(folder)).toEqual(await makeCertificates(folder));
		expect(existsSync(join(folder, "server.crt"))).toBe(true);
	});
});
