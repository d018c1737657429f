import { JSON_PROPERTIES } from '../properties/json';
import { testSlice } from '../slice';

testSlice(JSON_PROPERTIES);
