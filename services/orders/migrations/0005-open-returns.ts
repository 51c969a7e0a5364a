/** Orders with a return that staff has not decided yet: few among many. */
export default `
	create index orders_of_open_return on orders (id desc) where returns @> '[{"status": "requested"}]';
`;
