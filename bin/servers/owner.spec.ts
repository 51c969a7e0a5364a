import { describe, expect, it } from "@jest/globals";
import { servicesHome } from "./home.ts";
import { identityOf } from "./owner.ts";

const passwd = "root:x:0:0:root:/root:/bin/bash\nredis:x:110:112::/var/lib/redis:/usr/sbin/nologin\n";

describe("the user that root hands a server to", () => {
	it("is the server's own", () => {
		expect(identityOf("redis", passwd)).toEqual({ uid: 110, gid: 112 });
	});

	it("comes with its package", () => {
		expect(() => identityOf("rabbitmq", passwd)).toThrow(/no user rabbitmq.*services install/);
	});
});

describe("the home of the servers", () => {
	it("is where STOA_SERVICES_HOME says", () => {
		expect(servicesHome({ STOA_SERVICES_HOME: "/somewhere/./else" })).toBe("/somewhere/else");
	});

	it("is outside of the project, which may lie in a folder that their users may not pass", () => {
		expect(servicesHome({ HOME: "/home/me" })).toMatch(/^\/(var|home\/me\/\.)\/?cache\/stoa-services$/);
	});
});
