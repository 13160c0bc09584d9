// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

// The least ERC-20 that tests of token payments need: a fixed supply in the hands of who deploys it, transfers, allowances.
contract TestToken {
  string public constant symbol = "TST";
  uint8 public immutable decimals;
  uint256 public totalSupply;
  mapping(address => uint256) public balanceOf;
  mapping(address => mapping(address => uint256)) public allowance;

  event Transfer(address indexed from, address indexed to, uint256 value);
  event Approval(address indexed owner, address indexed spender, uint256 value);

  constructor(uint256 supply, uint8 digits) {
    decimals = digits;
    totalSupply = supply;
    balanceOf[msg.sender] = supply;
    emit Transfer(address(0), msg.sender, supply);
  }

  function transfer(address to, uint256 value) external returns (bool) {
    move(msg.sender, to, value);
    return true;
  }

  // Several transfers in one transaction, so that a test sees several logs of one hash.
  function transferMany(address[] calldata to, uint256 value) external {
    for (uint256 i = 0; i < to.length; i++) move(msg.sender, to[i], value);
  }

  function approve(address spender, uint256 value) external returns (bool) {
    allowance[msg.sender][spender] = value;
    emit Approval(msg.sender, spender, value);
    return true;
  }

  function transferFrom(address from, address to, uint256 value) external returns (bool) {
    allowance[from][msg.sender] -= value;
    move(from, to, value);
    return true;
  }

  function move(address from, address to, uint256 value) private {
    require(balanceOf[from] >= value, "too little");
    balanceOf[from] -= value;
    balanceOf[to] += value;
    emit Transfer(from, to, value);
  }
}

// Pays on what it is given, within a call: money that reaches an address without being in a transaction's own `to`.
contract Forwarder {
  function forward(address payable to) external payable {
    (bool done,) = to.call{value: msg.value}("");
    require(done, "refused");
  }
}
