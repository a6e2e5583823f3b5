/** The version of Almanac, as package.json has it, which the container does not. */
export const version = '0.1.0'
