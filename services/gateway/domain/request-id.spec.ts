import { describe, expect, it } from "@jest/globals";
import { requestIdOf } from "./request-id.ts";

describe("a request id", () => {
	it.each([["abc-123_4.5"], ["x".repeat(64)]])("is the client's own when it is harmless: %s", (given) => {
		expect(requestIdOf(given, () => "new")).toBe(given);
	});

	it.each([[undefined], [""], ["a b"], ["a\nb"], ["<script>"], ["x".repeat(65)], [["a", "b"]]])(
		"is a new one instead of %j",
		(given) => {
			expect(requestIdOf(given, () => "new")).toBe("new");
		},
	);
});
