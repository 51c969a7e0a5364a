import { describe, expect, it } from "@jest/globals";
import { reachOf } from "./addresses.ts";
import { config } from "./config.ts";
import { problemOf } from "./rules.ts";

const CLUSTER = config({ REDIS_URL: "redis://redis" });
const LAPTOP = config({});

/** Ways to write an address so that a filter does not see what it is. */
const HOSTILE = [
	...["https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/"],
	...[
		"https://017700000001/",
		"https://0177.0.0.1/",
		"https://127.0.0.1./",
		"https://127。0。0。1/",
		"https://①②⑦.0.0.1/",
	],
	...["https://%31%32%37.0.0.1/", "https://0/", "https://0.0.0.0/", "https://0.1.2.3/", "https://255.255.255.255/"],
	...[
		"https://10.0.0.1/",
		"https://172.16.0.1/",
		"https://172.31.255.255/",
		"https://192.168.1.1/",
		"https://3232235777/",
	],
	...["https://100.64.0.1/", "https://169.254.169.254/latest/meta-data/", "https://0xa9fea9fe/", "https://2852039166/"],
	...["https://192.0.0.192/", "https://192.0.2.1/", "https://198.18.0.1/", "https://224.0.0.1/", "https://240.0.0.1/"],
	...[
		"https://[::]/",
		"https://[::1]/",
		"https://[0:0:0:0:0:0:0:1]/",
		"https://[::127.0.0.1]/",
		"https://[::ffff:127.0.0.1]/",
	],
	...[
		"https://[::ffff:7f00:1]/",
		"https://[::ffff:a9fe:a9fe]/",
		"https://[::ffff:0:127.0.0.1]/",
		"https://[::7f00:1]/",
	],
	...["https://[64:ff9b::7f00:1]/", "https://[64:ff9b:1::7f00:1]/", "https://[2002:7f00:1::]/", "https://[2001:0::1]/"],
	...[
		"https://[fc00::1]/",
		"https://[fd00:ec2::254]/",
		"https://[fe80::1]/",
		"https://[fec0::1]/",
		"https://[ff02::1]/",
	],
	...["https://[2001:db8::1]/", "https://[3fff::1]/", "https://[100::1]/", "https://[5f00::1]/"],
];

const DISGUISED = [
	...["https://shop.example@127.0.0.1/", "https://user:secret@shop.example/", "https://127.0.0.1#@shop.example/"],
	...[
		"http://shop.example/",
		"http://localhost/",
		"ftp://shop.example/",
		"file:///etc/passwd",
		"gopher://shop.example/",
	],
	...["javascript:alert(1)", "data:text/plain,x", "//shop.example/", "/hooks", "", "https://", "https://shop example/"],
	...[
		"https://shop.example:22/",
		"https://shop.example:80/",
		"https://shop.example:6379/",
		"https://shop.example:8443/",
	],
	...["https://[fe80::1%25eth0]/", "https://shop.example/#x", `https://shop.example/${"x".repeat(2_000)}`],
];

describe("a URL that an outsider gave", () => {
	it.each([...HOSTILE, ...DISGUISED])("is refused: %s", (url) => {
		expect(problemOf(url, CLUSTER)).toMatch(/^must /);
	});

	it.each([
		"https://shop.example/hooks?a=1",
		"https://shop.example:443/",
		"https://SHOP.example./",
		"https://8.8.8.8/",
	])("is taken when it is https on port 443 of a public host: %s", (url) => {
		expect(problemOf(url, CLUSTER)).toBeUndefined();
	});

	it.each(["http://localhost:4000/", "http://127.0.0.1:4000/", "https://[::1]:4000/", "http://hooks.localhost:4000/"])(
		"may be loopback on a laptop: %s",
		(url) => {
			expect(problemOf(url, LAPTOP)).toBeUndefined();
		},
	);

	it.each(HOSTILE.filter((url) => !/^https:\/\/(127(\.0\.0)?\.1|\[::1\])(:|\/)/.test(new URL(url).origin + "/")))(
		"may not lead into the network of a laptop either: %s",
		(url) => {
			expect(problemOf(url, LAPTOP)).toMatch(/^must /);
		},
	);

	it("may be of an origin that the operator allows, on any port, but never of the link", () => {
		const env = {
			REDIS_URL: "redis://redis",
			OUTBOUND_ALLOWED_ORIGINS: "https://10.0.0.1:8443, https://169.254.169.254",
		};
		const rules = config(env);

		expect(problemOf("https://10.0.0.1:8443/hooks", rules)).toBeUndefined();
		expect(problemOf("https://10.0.0.1:8444/hooks", rules)).toBe("must use port 443");
		expect(problemOf("https://169.254.169.254/", rules)).toBe("must not lead to an address that is not public");
	});
});

describe("an address", () => {
	it.each([
		["8.8.8.8", "public"],
		["2606:4700::1111", "public"],
		["127.0.0.1", "loopback"],
		["::1", "loopback"],
		["::ffff:127.0.0.1", "loopback"],
		["10.1.2.3", "private"],
		["fd12::1", "private"],
		["100.64.0.1", "private"],
		["169.254.169.254", "never"],
		["fe80::1%eth0", "never"],
		["no address", "never"],
	])("%s is %s", (address, reach) => {
		expect(reachOf(address)).toBe(reach);
	});
});

describe("OUTBOUND_ALLOWED_ORIGINS", () => {
	it.each(["http://erp.internal", "https://erp.internal/hooks", "erp.internal", "https://erp.internal:443"])(
		"is refused as %s",
		(origins) => {
			expect(() => config({ OUTBOUND_ALLOWED_ORIGINS: origins })).toThrow(/OUTBOUND_ALLOWED_ORIGINS: is a comma list/);
		},
	);
});
