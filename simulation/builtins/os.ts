/* node:os, as far as the programs use it. */
export const hostname = () => 'simulated'
export const homedir = () => '/home'
