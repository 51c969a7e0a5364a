import { describe, expect, it } from "@jest/globals";
import { SERVERS } from "./servers.ts";
import type { Server, Site } from "./server.ts";

const ports = { main: 5001, tls: 5002, monitor: 5003, management: 5004, distribution: 5005, epmd: 5006 };
const plain: Site = { folder: "/data", ports };
const secure: Site = {
	...plain,
	certificates: { ca: "/c/ca.crt", certificate: "/c/server.crt", key: "/c/server.key" },
};

/** Everything that the server is told. */
const told = (server: Server, site: Site): string =>
	[server.command(site), server.files(site)].map((each) => JSON.stringify(each)).join("\n");

describe.each(Object.values(SERVERS))("$name", (server) => {
	it("listens on the loopback only", () => {
		if (server.name !== "mongodb") expect(told(server, secure)).toContain("127.0.0.1");
		expect(told(server, secure)).not.toContain("0.0.0.0");
	});

	it("is told its port", () => {
		expect(told(server, secure)).toContain("5001");
	});
});

describe.each(Object.values(SERVERS).filter(({ name }) => name !== "nats"))("$name with certificates", (server) => {
	it("is told which", () => {
		expect(told(server, secure)).toContain("/c/server.crt");
		expect(told(server, secure)).toContain("/c/server.key");
	});

	it("is addressed by a name that the certificate carries", () => {
		expect(server.tlsUrl(secure)).toMatch(/^(postgres|rediss|amqps|tls|mongodb):\/\/(.*@)?localhost:500[12]/);
	});
});

describe("without certificates", () => {
	it.each([SERVERS.postgres, SERVERS.redis, SERVERS.rabbitmq, SERVERS.mongodb])("$name speaks no TLS", (server) => {
		expect(told(server, plain)).not.toMatch(/tls|ssl/);
		expect(server.tlsUrl(plain)).toBeUndefined();
	});

	it("NATS over TLS does not start", () => {
		expect(() => SERVERS["nats-tls"].files(plain)).toThrow(/makeCertificates/);
	});
});

describe("what is acknowledged is kept", () => {
	it("by Redis in an append-only file", () => {
		expect(SERVERS.redis.files(plain)["redis.conf"]).toContain("appendonly yes");
	});

	it("by JetStream on the disk before the answer", () => {
		expect(SERVERS.nats.files(plain)["nats.conf"]).toContain("sync_interval: always");
	});

	it("by RabbitMQ in the folder of the instance", () => {
		expect(SERVERS.rabbitmq.command(plain).env).toMatchObject({ RABBITMQ_MNESIA_BASE: "/data/mnesia" });
	});
});

it("lets two RabbitMQs run side by side: each has its own name and port mapper", () => {
	const other = { folder: "/other", ports: { ...ports, main: 6001, epmd: 6006 } };
	const [one, two] = [plain, other].map((site) => SERVERS.rabbitmq.command(site).env);

	expect(one?.RABBITMQ_NODENAME).not.toBe(two?.RABBITMQ_NODENAME);
	expect(one?.ERL_EPMD_PORT).not.toBe(two?.ERL_EPMD_PORT);
});
